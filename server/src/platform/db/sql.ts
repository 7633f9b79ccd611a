/** A query with its parameters apart. Made only by the `sql` tag, so no value is ever pasted into text. */
export type Sql = { readonly text: string; readonly values: readonly unknown[]; readonly kind: 'sql' }

/**
 * Builds a parameterised query: `` sql`select name from t where id = ${id}` ``. A nested `sql` fragment is inlined
 * with its own parameters. Arrays are passed as PostgreSQL arrays: use `= any(${ids})`, not `in`.
 */
export function sql(strings: TemplateStringsArray, ...values: unknown[]): Sql {
  let text = strings[0] ?? ''
  const parameters: unknown[] = []
  for (const [index, value] of values.entries()) {
    text += isSql(value) ? inline(value, parameters) : placeholder(value, parameters)
    text += strings[index + 1] ?? ''
  }
  return { text, values: parameters, kind: 'sql' }
}

/** A fragment that adds nothing. */
export const nothing: Sql = sql``

/**
 * JSON texts as an array of PostgreSQL's, an undefined one as null. JSON holds no line break as it is, so that nothing has to be
 * quoted here and read through there, which costs more than all else that is done with long texts.
 */
export function jsonTexts(texts: readonly (string | undefined)[]): Sql {
  return sql`string_to_array(${texts.map((text) => text ?? '').join('\n')}, chr(10), '')`
}

function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'sql'
}

function placeholder(value: unknown, parameters: unknown[]): string {
  parameters.push(value)
  return `$${parameters.length}`
}

function inline(fragment: Sql, parameters: unknown[]): string {
  const offset = parameters.length
  parameters.push(...fragment.values)
  return fragment.text.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + offset}`)
}
