import type {EndpointView} from './helix/describe-endpoint.js'
import type {EndpointSearch} from './helix/search-endpoints.js'
import type {PresetView} from './providers/describe-preset.js'
import {knownScopesOf, listPresets} from './providers/presets.js'

/** What is known without a store. */
export interface Vocabulary {
  presets: readonly PresetView[]
  twitchScopes: readonly string[]
  endpoints: readonly {method: string; path: string; summary: string; queryNames: string[]}[]
  searchEndpoints: (search: EndpointSearch) => EndpointView[]
}

export async function loadVocabulary(): Promise<Vocabulary> {
  const [{listEndpoints, parameterName}, {searchEndpoints}, {describeEndpoint}, {describePreset}] = await Promise.all([
    import('./helix/catalogue.js'),
    import('./helix/search-endpoints.js'),
    import('./helix/describe-endpoint.js'),
    import('./providers/describe-preset.js'),
  ])
  return {
    presets: listPresets().map(describePreset),
    twitchScopes: knownScopesOf({dialect: 'twitch'}) ?? [],
    endpoints: listEndpoints().map(({method, path, summary, query}) => ({
      method,
      path,
      summary,
      queryNames: query.map(parameterName),
    })),
    searchEndpoints: (search) => searchEndpoints(search).map(describeEndpoint),
  }
}
