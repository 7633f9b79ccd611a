/**
 * What a code that a person shows holds: BER-TLV in Base64, as EMV QR Code Specification for Payment Systems, Consumer-Presented
 * Mode, has it. An application of our own: its name is proprietary (it begins with F), and its data is the secret alone.
 *
 *     85 05 "CPV01"                          payload format indicator
 *     61 1B                                  application template
 *        4F 05 F0 "DURE"                     application definition file name
 *        63 12                               application specific transparent template
 *           C1 10 (16 bytes)                 the secret
 */
const head = Buffer.from('8505435056303161' + '1b' + '4f05f044555245' + '6312' + 'c110', 'hex')
const secretBytes = 16

/** The text of the QR code for a secret of 16 bytes. */
export function encodeCode(secret: Buffer): string {
  return Buffer.concat([head, secret]).toString('base64')
}

/** The secret in a text that a till has scanned; undefined for anything but exactly what `encodeCode` gives. */
export function decodeCode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== head.length + secretBytes || !bytes.subarray(0, head.length).equals(head))
    return undefined
  // Base64 has several texts for the same bytes, and Node reads over what is none.
  return bytes.toString('base64') === text ? bytes.subarray(head.length) : undefined
}
