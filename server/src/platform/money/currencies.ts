/**
 * How many decimal digits the minor unit of each active currency has: ISO 4217:2015, list one, as of amendment 179.
 * https://www.six-group.com/en/products-services/financial-information/market-reference-data/data-standards.html
 *
 * Units of account, funds codes, precious metals and codes for testing are left out: nobody is paid in them.
 */
const codesByExponent: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC
    CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD
    KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO
    NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL
    THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
}

const exponents: ReadonlyMap<string, number> = new Map(
  Object.entries(codesByExponent).flatMap(([exponent, codes]) =>
    codes.split(/\s+/).map((code) => [code, Number(exponent)] as const),
  ),
)

/** The digits after the decimal point of this currency, by its ISO 4217 code; undefined when there is no such currency. */
export function exponentOf(currency: string): number | undefined {
  return exponents.get(currency)
}

/** An amount in minor units as a decimal number: 1234 in USD is `12.34`, in KRW `1234`. */
export function decimalOf(minorUnits: bigint, currency: string): string {
  const exponent = exponents.get(currency)
  if (exponent === undefined) throw new Error(`${currency} is not a currency`)
  if (exponent === 0) return minorUnits.toString()
  const sign = minorUnits < 0n ? '-' : ''
  const digits = (minorUnits < 0n ? -minorUnits : minorUnits).toString().padStart(exponent + 1, '0')
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}
