import {makeJsonStorePlace} from '../support/json-store-place.js'
import {describeStore} from './store.js'

describeStore('The JSON store', makeJsonStorePlace)
