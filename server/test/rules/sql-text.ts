/** The SQL in a source file: the `sql` templates of TypeScript without what is inserted into them, or the whole migration. */
export function sqlIn(name: string, source: string): string {
  if (name.endsWith('.sql')) return source.replace(/--.*$/gm, '')
  return [...source.matchAll(/\bsql`/g)].map((match) => templateText(source, match.index + 4)).join('\n')
}

/** The text of the template literal that begins at `start`; `${...}` becomes a space. */
function templateText(source: string, start: number): string {
  let text = ''
  for (let at = start; at < source.length && source[at] !== '`'; ) {
    if (source.startsWith('${', at)) {
      at = endOfExpression(source, at + 2)
      text += ' '
    } else {
      text += source[at]
      at += 1
    }
  }
  return text.replace(/--.*$/gm, '')
}

/** The position after the brace that closes an inserted expression, which may hold templates itself. */
function endOfExpression(source: string, start: number): number {
  for (let at = start, depth = 1; at < source.length; at++) {
    if (source[at] === '{') depth += 1
    if (source[at] === '}') depth -= 1
    if (depth === 0) return at + 1
  }
  return source.length
}

/** Schemas that the SQL names in `schema.table`, of those listed. */
export function schemasIn(sql: string, schemas: readonly string[]): string[] {
  const named = new Set([...sql.matchAll(/\b([a-z_]+)\.[a-z_]+\b/g)].map(([, schema]) => schema))
  return schemas.filter((schema) => named.has(schema))
}
