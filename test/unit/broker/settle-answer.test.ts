import {describeSettling} from '../../support/settle-stories.js'
import {makeRefreshScene} from '../../support/refresh-scene.js'

describeSettling(makeRefreshScene)
