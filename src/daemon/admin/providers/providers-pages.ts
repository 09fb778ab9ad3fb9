import type {Admin} from '../admin-env.js'
import {addProviderAddPage} from './provider-add-page.js'
import {addProviderEditPage} from './provider-edit-page.js'
import {addProviderListPage} from './provider-list-page.js'
import {addProviderPage} from './provider-page.js'
import {addProviderRemovalPage} from './provider-removal-page.js'

/** The section Providers. */
export function addProviderPages(admin: Admin): void {
  addProviderListPage(admin)
  addProviderAddPage(admin)
  addProviderPage(admin)
  addProviderEditPage(admin)
  addProviderRemovalPage(admin)
}
