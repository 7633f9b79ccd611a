import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeShopCode, encodeShopCode, plainName, type ShopCode } from './merchant-presented.ts'
import { CodeError, checksum, readObjects, writeObject } from './objects.ts'

const code: ShopCode = {
  id: 'qr_lTeaHouse0001abcdefghijklmnopqrst',
  dynamic: true,
  currency: 'KRW',
  amount: 4500n,
  country: 'KR',
  name: 'Tea House',
  city: 'Seoul',
}

/** The text with these objects changed, added or (undefined) left out, and the checksum made right again. */
function altered(changes: Record<string, string | undefined>, order?: readonly string[]): string {
  const objects = { ...Object.fromEntries(readObjects(encodeShopCode(code))), ...changes }
  const ids = order ?? Object.keys(objects).sort()
  const text = ids
    .filter((id) => id !== '63' && objects[id] !== undefined)
    .map((id) => writeObject(id, objects[id] ?? ''))
    .join('')
  return `${text}6304${checksum(`${text}6304`)}`
}

const refused = (text: string, why: RegExp) =>
  assert.throws(
    () => decodeShopCode(text),
    (error) => error instanceof CodeError && why.test(error.message),
    text,
  )

test('the example of the specification is read as it says, and its checksum is right', () => {
  const example =
    '00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT' +
    '6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A011223344998877070812345678' +
    '6304A13A'
  assert.equal(checksum(example.slice(0, -4)), 'A13A')
  const objects = readObjects(example)
  assert.equal(objects.get('59'), 'BEST TRANSPORT')
  assert.equal(objects.get('54'), '23.72')
  assert.equal(readObjects(objects.get('64') ?? '').get('01'), '最佳运输')
})

test('a code says what was put into it', () => {
  assert.deepEqual(decodeShopCode(encodeShopCode(code)), code)
  const open: ShopCode = { ...code, dynamic: false, currency: 'USD', amount: undefined }
  assert.deepEqual(decodeShopCode(encodeShopCode(open)), open)
  const cents = { ...open, amount: 1205n }
  assert.match(encodeShopCode(cents), /540512\.05/)
  assert.deepEqual(decodeShopCode(encodeShopCode(cents)), cents)
})

test('whichever byte is altered, left out, doubled or exchanged with its neighbour, it is no code', () => {
  const text = encodeShopCode(code)
  for (const [at, letter] of [...text].entries()) {
    const [before, after] = [text.slice(0, at), text.slice(at + 1)]
    const others = ['0', '9', 'a', 'Z', ' ', '두', String.fromCharCode(letter.charCodeAt(0) ^ 1)]
    const texts = [
      ...others.map((other) => before + other + after),
      before + after,
      before + letter + letter + after,
      `${before}${after[0] ?? ''}${letter}${after.slice(1)}`,
      before,
    ]
    for (const wrong of texts.filter((wrong) => wrong !== text))
      assert.throws(() => decodeShopCode(wrong), CodeError, wrong)
  }
})

test('a right checksum does not help what is not in order', () => {
  assert.equal(decodeShopCode(altered({})).amount, 4500n)
  assert.equal(decodeShopCode(altered({ '62': '0304abcd', '80': '0004test' })).amount, 4500n)
  refused(altered({ '00': '02' }), /begin/)
  refused(altered({}, ['01', '00', '26', '52', '53', '54', '58', '59', '60']), /begin/)
  refused(
    `${altered({}).slice(0, -8)}5802KR6304${checksum(`${altered({}).slice(0, -8)}5802KR6304`)}`,
    /twice/,
  )
  refused(`${altered({})}5802KR`, /twice|end/)
  refused(altered({ '01': '13' }), /01/)
  refused(altered({ '01': undefined }), /01/)
  refused(altered({ '26': undefined }), /network/)
  refused(altered({ '26': writeObject('00', 'com.example') + writeObject('01', code.id) }), /network/)
  refused(altered({ '26': writeObject('00', 'org.dure.pay') }), /01/)
  refused(altered({ '26': `${writeObject('00', 'org.dure.pay')}0199x` }), /length/)
  refused(altered({ '52': 'tea!' }), /52/)
  refused(altered({ '53': '999' }), /currency/)
  refused(altered({ '53': undefined }), /53/)
  for (const amount of ['0', '1e3', '-5', '4500.5', '٤٥', '99999999999999'])
    refused(altered({ '54': amount }), /amount|54/)
  refused(altered({ '55': '01' }), /tips/)
  refused(altered({ '58': 'kr' }), /58/)
  refused(altered({ '58': undefined }), /58/)
  refused(altered({ '59': undefined }), /59/)
  refused(altered({ '59': 'x'.repeat(26) }), /59/)
  refused(altered({ '60': 'Very Long City Name' }), /60/)
  refused('', /begin/)
  refused('x'.repeat(10_000), /long/)
})

test('amounts are whole minor units of their currency', () => {
  const dollars = (amount: string) => decodeShopCode(altered({ '53': '840', '54': amount })).amount
  assert.equal(dollars('12.3'), 1230n)
  assert.equal(dollars('98.73'), 9873n)
  assert.throws(() => dollars('98.735'), /amount/)
})

test('names are written in letters that any terminal knows', () => {
  assert.equal(plainName('Café Nuage', 25, 'Shop'), 'Cafe Nuage')
  assert.equal(plainName('두레 찻집', 25, 'Shop'), 'Shop')
  assert.equal(plainName('두레 Tea', 25, 'Shop'), 'Tea')
  assert.equal(plainName('A very long name of a shop, indeed', 25, 'Shop'), 'A very long name of a sho')
})
