const pattern = /^(?:\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z.-]{1,255})(?::\d{1,5})?$/

/** A name that leaves room for a local part within the 255 bytes of an id. https://spec.matrix.org/v1.19/appendices/#server-name */
export function isServerName(value: string): boolean {
  return value.length <= 230 && pattern.test(value)
}
