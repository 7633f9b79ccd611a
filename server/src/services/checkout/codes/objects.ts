/**
 * The data objects of an EMV QR code that a shop presents: two digits that name it, two that say how many characters its value has,
 * the value. EMV QR Code Specification for Payment Systems, Merchant-Presented Mode, version 1.1, section 3.
 * https://www.emvco.com/emv-technologies/qr-codes/
 */
export type Objects = ReadonlyMap<string, string>

/** A text that is no such code, and why not. */
export class CodeError extends Error {}

const valueMax = 99

export function writeObject(id: string, value: string): string {
  const { length } = [...value]
  if (length < 1 || length > valueMax) throw new CodeError(`${id} would have ${length} characters`)
  return `${id}${String(length).padStart(2, '0')}${value}`
}

/** Takes a text apart to its last character. Each object stands there once; those with nothing in them do not. */
export function readObjects(text: string): Objects {
  const characters = [...text]
  const objects = new Map<string, string>()
  for (let at = 0; at < characters.length; ) {
    const head = characters.slice(at, at + 4).join('')
    if (!/^\d{4}$/.test(head)) throw new CodeError('an object begins with four digits')
    const id = head.slice(0, 2)
    const length = Number(head.slice(2))
    const value = characters.slice(at + 4, at + 4 + length)
    if (length === 0 || value.length < length) throw new CodeError(`the length of ${id} is wrong`)
    if (objects.has(id)) throw new CodeError(`${id} is there twice`)
    objects.set(id, value.join(''))
    at += 4 + length
  }
  return objects
}

/** CRC-16/CCITT-FALSE (polynomial 1021, beginning with FFFF) of the text's UTF-8, as four capital hexadecimal digits: section 4.7.3. */
export function checksum(text: string): string {
  let crc = 0xffff
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff
  }
  return crc.toString(16).toUpperCase().padStart(4, '0')
}
