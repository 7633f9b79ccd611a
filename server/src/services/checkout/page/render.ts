import { decimalOf } from '../../../platform/money/currencies.ts'
import { type Language, type Texts, textsOf } from './texts.ts'

/** Text that stands in a page as text, whatever is in it. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

export function moneyText(amount: number, currency: string, language: Language): string {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency })
  return format.format(decimalOf(BigInt(amount), currency) as unknown as number)
}

export type Shown = {
  language: Language
  merchant: string
  amount: number
  currency: string
  description: string | null
  items: readonly { name: string; amount: number; quantity: number }[]
  live: boolean
  manual: boolean
}

/** The page around whatever is to be done. Without scripts: it works in any browser. */
export function page(
  language: Language,
  title: string,
  content: string,
  again?: { url: string; seconds: number },
): string {
  const refresh = again
    ? `<meta http-equiv="refresh" content="${again.seconds};url=${escapeHtml(again.url)}">`
    : ''
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${refresh}<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="/checkout/style.css">
</head>
<body><main>
${content}
</main></body>
</html>
`
}

export function whatIsPaid(shown: Shown): string {
  const { language, amount, currency, items } = shown
  const texts = textsOf(language)
  const lines = items
    .map(({ name, quantity, amount: sum }) => {
      const what = quantity === 1 ? name : `${name} × ${quantity}`
      return `<dt>${escapeHtml(what)}</dt><dd>${moneyText(sum, currency, language)}</dd>`
    })
    .join('\n')
  return `${shown.live ? '' : `<p class="test">${texts.test}</p>`}
<section class="card">
<h1>${escapeHtml(shown.merchant)}</h1>
<p class="amount">${moneyText(amount, currency, language)}</p>
${shown.description === null ? '' : `<p class="soft">${escapeHtml(shown.description)}</p>`}
${lines === '' ? '' : `<dl>${lines}</dl>`}
</section>`
}

export function signInForm(path: string, texts: Texts, problem: string | undefined): string {
  return `<section class="card">
<p class="soft">${texts.signInExplained}</p>
${alert(problem)}
<form method="post" action="${escapeHtml(path)}/sign-in">
<label>${texts.user}<input name="user" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="255" required></label>
<label>${texts.password}<input name="password" type="password" autocomplete="current-password" maxlength="512" required></label>
<button>${texts.signIn}</button>
</form>
</section>`
}

export function payForm(
  path: string,
  shown: Shown,
  { userId, token, problem }: { userId: string; token: string; problem: string | undefined },
): string {
  const texts = textsOf(shown.language)
  const action = shown.manual ? texts.reserve : texts.pay
  const sum = moneyText(shown.amount, shown.currency, shown.language)
  return `<section class="card">
${alert(problem)}
<p class="soft">${texts.signedInAs} <strong>${escapeHtml(userId)}</strong></p>
${shown.manual ? `<p class="soft">${texts.reserveExplained}</p>` : ''}
<form method="post" action="${escapeHtml(path)}/pay">
<input type="hidden" name="token" value="${token}">
<input type="hidden" name="amount" value="${shown.amount}">
<input type="hidden" name="currency" value="${shown.currency}">
<button>${action} · ${sum}</button>
</form>
<form method="post" action="${escapeHtml(path)}/sign-out">
<input type="hidden" name="token" value="${token}">
<button class="plain">${texts.signOut}</button>
</form>
</section>`
}

export function said(text: string, back: { url: string; label: string } | undefined): string {
  const link = back ? `<p><a href="${escapeHtml(back.url)}">${back.label}</a></p>` : ''
  return `<section class="card"><p><strong>${escapeHtml(text)}</strong></p>${link}</section>`
}

function alert(problem: string | undefined): string {
  return problem === undefined ? '' : `<p role="alert">${escapeHtml(problem)}</p>`
}
