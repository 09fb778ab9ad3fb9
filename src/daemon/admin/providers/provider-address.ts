/** Where one provider is shown. Names are letters, digits and hyphens, and one may be called `add`. */
export const providerHref = (name: string, page: '' | '/edit' | '/remove' | '/test' = ''): string =>
  `/admin/providers/of/${encodeURIComponent(name)}${page}`

export const ADD_HREF = '/admin/providers/add'
