import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

/** Why Debian's zbar cannot be asked here; false when it can. */
export const zbarMissing: string | false =
  spawnSync('zbarimg', ['--version']).error === undefined ? false : "Debian's zbar-tools are not installed"

/** What Debian's zbar reads in an image. */
export function readByZbar(png: Buffer): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'dure-qr-'))
  try {
    const file = join(folder, 'code.png')
    writeFileSync(file, png)
    const options = ['--quiet', '--nodbus', '--raw', '-Sdisable', '-Sqrcode.enable']
    const read = execFileSync('zbarimg', [...options, file], { stdio: ['ignore', 'pipe', 'ignore'] })
    return read.toString().trim().split('\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

let prepared: Promise<void> | undefined

/** What ZXing reads in an image. */
export async function readByZxing(png: Buffer): Promise<string[]> {
  prepared ??= prepare()
  await prepared
  const found = await readBarcodes(new Uint8Array(png), { formats: ['QRCode'] })
  return found.map(({ text }) => text)
}

/** Its module would be fetched from elsewhere. */
async function prepare(): Promise<void> {
  const file = fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm'))
  const { buffer, byteOffset, byteLength } = await readFile(file)
  const wasmBinary = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true })
}
