import {describeRefresh} from '../../support/refresh-stories.js'
import {makeRefreshScene} from '../../support/refresh-scene.js'

describeRefresh(makeRefreshScene)
