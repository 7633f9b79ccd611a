import { refuse } from '../refusals.ts'

/** A form with brackets, read: text, lists and objects of them. */
export type Form = { [name: string]: FormValue }
export type FormValue = string | FormValue[] | Form

const depthMax = 6
const fieldsMax = 1000
const listMax = 200

/**
 * Reads `a[b][0][c]=d` as Stripe's clients write it, in a body or in a query. Names that stand twice, lists with gaps,
 * and what is deeper or longer than any request needs are refused. Objects have no prototype: any name is only a name.
 */
export function parseForm(text: string): Form {
  const form: Form = Object.create(null)
  if (text === '') return form
  const fields = text.split('&', fieldsMax + 1)
  if (fields.length > fieldsMax) throw unreadable(`There are more than ${fieldsMax} fields.`)
  for (const field of fields) {
    if (field === '') continue
    const at = field.indexOf('=')
    const name = decode(at < 0 ? field : field.slice(0, at))
    put(form, pathOf(name), at < 0 ? '' : decode(field.slice(at + 1)), name)
  }
  return listsOf(form, '') as Form
}

function decode(text: string): string {
  let decoded: string
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw unreadable('A percent sign is not followed by two digits that make UTF-8.')
  }
  if (decoded.includes('\0')) throw unreadable('Text holds a zero byte.')
  return decoded
}

function pathOf(name: string): string[] {
  const match = /^(?<first>[^[\]]+)(?<rest>(?:\[[^[\]]*\])*)$/.exec(name)
  if (!match?.groups) throw unreadable(`Not the name of a parameter: ${name.slice(0, 100)}`)
  const rest = (match.groups['rest'] ?? '').slice(1, -1)
  const path = [
    match.groups['first'] ?? '',
    ...(rest === '' && match.groups['rest'] === '' ? [] : rest.split('][')),
  ]
  if (path.length > depthMax)
    throw unreadable(`${name.slice(0, 100)} is nested deeper than ${depthMax} levels.`)
  return path
}

/** Lists are objects with numbers for names until all is read; `a[]` takes the next number. */
function put(form: Form, path: readonly string[], value: string, name: string): void {
  let inside = form
  for (const [index, part] of path.entries()) {
    const key = part === '' ? String(Object.keys(inside).length) : part
    if (index === path.length - 1) {
      if (key in inside) throw unreadable(`${name.slice(0, 100)} stands twice.`)
      inside[key] = value
      return
    }
    const next: FormValue = inside[key] ?? (Object.create(null) as Form)
    inside[key] = next
    if (typeof next === 'string' || Array.isArray(next))
      throw unreadable(`${name.slice(0, 100)} is text and more.`)
    inside = next
  }
}

/** An object whose names are 0, 1, 2 ... is a list. Metadata is read by its names, so it is told apart by its place. */
function listsOf(value: FormValue, name: string): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value
  const keys = Object.keys(value)
  for (const key of keys) value[key] = listsOf(value[key] ?? '', key)
  if (name === '' || name === 'metadata' || !keys.every((key, index) => key === String(index))) return value
  if (keys.length > listMax) throw unreadable(`${name} has more than ${listMax} parts.`)
  return keys.map((key) => value[key] ?? '')
}

function unreadable(message: string) {
  return refuse('checkout.body_unreadable', message)
}
