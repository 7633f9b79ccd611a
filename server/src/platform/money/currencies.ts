/**
 * How many decimal digits the minor unit of each active currency has, with its numeric code: ISO 4217:2015, list one, as of
 * amendment 179.
 * https://www.six-group.com/en/products-services/financial-information/market-reference-data/data-standards.html
 *
 * Units of account, funds codes, precious metals and codes for testing are left out: nobody is paid in them.
 */
const codesByExponent: Readonly<Record<number, string>> = {
  0: `BIF108 CLP152 DJF262 GNF324 ISK352 JPY392 KMF174 KRW410 PYG600 RWF646 UGX800 VND704 VUV548 XAF950 XOF952 XPF953`,
  2: `AED784 AFN971 ALL008 AMD051 AOA973 ARS032 AUD036 AWG533 AZN944 BAM977 BBD052 BDT050 BMD060 BND096 BOB068 BRL986
    BSD044 BTN064 BWP072 BYN933 BZD084 CAD124 CDF976 CHF756 CNY156 COP170 CRC188 CUP192 CVE132 CZK203 DKK208 DOP214
    DZD012 EGP818 ERN232 ETB230 EUR978 FJD242 FKP238 GBP826 GEL981 GHS936 GIP292 GMD270 GTQ320 GYD328 HKD344 HNL340
    HTG332 HUF348 IDR360 ILS376 INR356 IRR364 JMD388 KES404 KGS417 KHR116 KPW408 KYD136 KZT398 LAK418 LBP422 LKR144
    LRD430 LSL426 MAD504 MDL498 MGA969 MKD807 MMK104 MNT496 MOP446 MRU929 MUR480 MVR462 MWK454 MXN484 MYR458 MZN943
    NAD516 NGN566 NIO558 NOK578 NPR524 NZD554 PAB590 PEN604 PGK598 PHP608 PKR586 PLN985 QAR634 RON946 RSD941 RUB643
    SAR682 SBD090 SCR690 SDG938 SEK752 SGD702 SHP654 SLE925 SOS706 SRD968 SSP728 STN930 SVC222 SYP760 SZL748 THB764
    TJS972 TMT934 TOP776 TRY949 TTD780 TWD901 TZS834 UAH980 USD840 UYU858 UZS860 VED926 VES928 WST882 XCD951 XCG532
    YER886 ZAR710 ZMW967 ZWG924`,
  3: 'BHD048 IQD368 JOD400 KWD414 LYD434 OMR512 TND788',
}

type Currency = { code: string; numeric: string; exponent: number }

const currencies: readonly Currency[] = Object.entries(codesByExponent).flatMap(([exponent, codes]) =>
  codes
    .split(/\s+/)
    .map((code) => ({ code: code.slice(0, 3), numeric: code.slice(3), exponent: Number(exponent) })),
)
const byCode: ReadonlyMap<string, Currency> = new Map(currencies.map((currency) => [currency.code, currency]))
const byNumeric: ReadonlyMap<string, string> = new Map(currencies.map(({ code, numeric }) => [numeric, code]))

/** The digits after the decimal point of this currency, by its ISO 4217 code; undefined when there is no such currency. */
export function exponentOf(currency: string): number | undefined {
  return byCode.get(currency)?.exponent
}

/** The three digits that ISO 4217 has for a currency; undefined when there is no such currency. */
export function numericOf(currency: string): string | undefined {
  return byCode.get(currency)?.numeric
}

/** The currency of three digits; undefined when there is none. */
export function currencyOf(numeric: string): string | undefined {
  return byNumeric.get(numeric)
}

/** An amount in minor units as a decimal number: 1234 in USD is `12.34`, in KRW `1234`. */
export function decimalOf(minorUnits: bigint, currency: string): string {
  const exponent = exponentOf(currency)
  if (exponent === undefined) throw new Error(`${currency} is not a currency`)
  if (exponent === 0) return minorUnits.toString()
  const sign = minorUnits < 0n ? '-' : ''
  const digits = (minorUnits < 0n ? -minorUnits : minorUnits).toString().padStart(exponent + 1, '0')
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}

/**
 * The minor units that a decimal number in plain digits stands for, `12.3` in USD being 1230; undefined where it is none, or has more
 * digits after the point than the currency.
 */
export function minorUnitsOf(decimal: string, currency: string): bigint | undefined {
  const exponent = exponentOf(currency)
  const [, whole = '', part = ''] = /^(\d+)(?:\.(\d*))?$/.exec(decimal) ?? []
  if (exponent === undefined || whole === '' || part.length > exponent) return undefined
  return BigInt(whole + part.padEnd(exponent, '0'))
}
