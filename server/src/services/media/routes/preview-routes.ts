import type { App } from '../../../platform/http/http.ts'
import type { Previews } from '../previews/previews.ts'
import { PreviewQuery } from '../wire.ts'

/**
 * `ts`, the time at which the page was meant, is taken and not used: what the page says now is what there is.
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediapreview_url and its deprecated form
 */
export function previewRoutes(app: App, previews: Previews): void {
  for (const prefix of ['/_matrix/client/v1/media', '/_matrix/media/v3'])
    app.get(
      `${prefix}/preview_url`,
      { config: { access: 'user', limit: 'media-preview' }, schema: { querystring: PreviewQuery } },
      (request) => previews.preview(request.query.url),
    )
}
