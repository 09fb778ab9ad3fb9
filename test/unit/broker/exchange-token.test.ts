import {describeExchange} from '../../support/exchange-stories.js'
import {makeRefreshScene} from '../../support/refresh-scene.js'

describeExchange(makeRefreshScene)
