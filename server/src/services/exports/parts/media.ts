import type { MediaItem } from '../../media/api.ts'
import type { ExportsDeps } from '../sources.ts'
import { type Entry, jsonLines } from '../zip.ts'

type Deps = Pick<ExportsDeps, 'media' | 'serverName'>

const itemsAtOnce = 500

/** What the person has uploaded: a list, then the files. */
export async function* mediaEntries(deps: Deps, userId: string): AsyncGenerator<Entry> {
  yield { path: 'media.jsonl', content: jsonLines(descriptions(deps, userId)) }
  for await (const { mediaId, content } of uploads(deps, userId))
    yield { path: pathOf(mediaId), content: deps.media.read(content), compress: false }
}

async function* descriptions(deps: Deps, userId: string): AsyncGenerator<object> {
  for await (const { mediaId, content, contentType, fileName, uploadedAtMs } of uploads(deps, userId))
    yield {
      content_uri: `mxc://${deps.serverName}/${mediaId}`,
      content_type: contentType,
      file_name: fileName,
      size_bytes: content.sizeBytes,
      uploaded_at_ms: uploadedAtMs,
      file: pathOf(mediaId),
    }
}

async function* uploads({ media }: Deps, userId: string): AsyncGenerator<MediaItem> {
  for (let after = '', more = true; more; ) {
    const items = await media.uploadsOf(userId, { after, limit: itemsAtOnce })
    yield* items
    after = items.at(-1)?.mediaId ?? after
    more = items.length === itemsAtOnce
  }
}

function pathOf(mediaId: string): string {
  return `media/${mediaId}`
}
