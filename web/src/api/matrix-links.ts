export type MatrixLink = { kind: 'person'; userId: string } | { kind: 'chat'; open: string; event?: string }

/**
 * What a link of Matrix names, in either of its forms: https://spec.matrix.org/v1.19/appendices/#matrixto-navigation
 * and this web client's own address of a chat. `undefined` for every other address.
 */
export function parseMatrixLink(address: string, origin: string): MatrixLink | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  const [first, event] =
    url.origin === 'https://matrix.to'
      ? url.hash.replace(/^#\//, '').split('?', 1).join('').split('/')
      : url.origin === origin && url.pathname.startsWith('/app/chats/')
        ? [url.pathname.slice('/app/chats/'.length), url.searchParams.get('event') ?? undefined]
        : []
  const named = decode(first)
  if (named?.startsWith('@')) return { kind: 'person', userId: named }
  if (!named || !/^[!#]./.test(named)) return undefined
  const shown = decode(event)
  return { kind: 'chat', open: named, ...(shown?.startsWith('$') && { event: shown }) }
}

function decode(part: string | undefined): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part)
  } catch {
    return undefined
  }
}
