import type { Browser, Locator, Page } from 'playwright-core'
import { type ContextOptions, newContext, newPage } from './browser.ts'

/** Somebody at their own browser. */
export type Person = { name: string; username: string; page: Page; problems: string[] }

export const password = 'a few plain words'

/** Opens the app and creates an account through its screens. */
export async function signUp(
  browser: Browser,
  url: string,
  name: string,
  options: ContextOptions = {},
): Promise<Person> {
  const person = await openApp(browser, url, name, options)
  const { page, username } = person
  await page.locator('form ~ p button, p button').last().click()
  await page.locator('input[name=name]').fill(name)
  await page.locator('input[name=username]').fill(username)
  await page.locator('input[name=password]').fill(password)
  await page.locator('button[type=submit]').click()
  await page.locator('nav button[aria-current=page]').waitFor()
  return person
}

/** Opens the app anew, as on another device, and signs in to an account that is there. */
export async function signInAnew(
  browser: Browser,
  url: string,
  name: string,
  options: ContextOptions = {},
): Promise<Person> {
  const person = await openApp(browser, url, name, options)
  const { page, username } = person
  await page.locator('input[name=username]').fill(username)
  await page.locator('input[name=password]').fill(password)
  await page.locator('button[type=submit]').click()
  await page.getByRole('heading', { name: 'Is this device yours?' }).waitFor()
  return person
}

/** Somebody who has an account already. */
export async function signIn(
  browser: Browser,
  url: string,
  name: string,
  options: ContextOptions = {},
): Promise<Person> {
  const person = await openApp(browser, url, name, options)
  await person.page.locator('input[name=username]').fill(person.username)
  await person.page.locator('input[name=password]').fill(password)
  await person.page.locator('button[type=submit]').click()
  await person.page.locator('nav button[aria-current=page]').waitFor()
  return person
}

/** The app with nobody signed in. */
export async function openApp(
  browser: Browser,
  url: string,
  name: string,
  options: ContextOptions = {},
): Promise<Person> {
  const problems: string[] = []
  const context = await newContext(browser, options)
  const page = await newPage(context, problems)
  await page.goto(url)
  await page.locator('input[name=username]').waitFor()
  return { name, username: name.toLowerCase(), page, problems }
}

/** Finds somebody and opens the chat with them. */
export async function startChatWith(person: Person, other: Person): Promise<void> {
  const { page } = person
  await page.getByRole('button', { name: 'New chat' }).first().click()
  await page.getByRole('searchbox').fill(other.username)
  await page.getByRole('dialog').getByText(`@${other.username}:`).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Start/ })
    .click()
  await composer(person).waitFor()
}

/** Goes to one of the main sections. */
export async function goToSection({ page }: Person, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name }).click()
}

/** Opens a chat from the list. */
export async function openChat(person: Person, name: string): Promise<void> {
  await person.page
    .getByRole('button', { name: new RegExp(`^.?${name}`) })
    .first()
    .click()
  await composer(person).waitFor()
}

/** Two people in a chat of their own: Mina at a phone, Jun at a dark desktop. */
export async function talkingPair(browser: Browser, url: string): Promise<{ mina: Person; jun: Person }> {
  const mina = await signUp(browser, url, 'Mina')
  const jun = await signUp(browser, url, 'Jun', { screen: 'desktop', dark: true })
  await startChatWith(mina, jun)
  await acceptInvitation(jun)
  return { mina, jun }
}

export async function acceptInvitation(person: Person): Promise<void> {
  await person.page.getByRole('button', { name: 'Accept' }).click()
  await composer(person).waitFor()
}

export function composer({ page }: Person) {
  return page.getByRole('textbox', { name: 'Message' })
}

export async function say(person: Person, text: string): Promise<void> {
  await composer(person).fill(text)
  await composer(person).press('Enter')
}

/** The row of a message in the history. */
export function message({ page }: Person, text: string) {
  return page.locator('[data-event]', { hasText: text }).last()
}

/** Chooses something from the menu of what can be attached. */
export async function attach({ page }: Person, item: string): Promise<void> {
  await page.getByRole('button', { name: 'Attach' }).last().click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

/** Chooses files through the menu, as the browser's own dialog would. */
export async function attachFile(
  person: Person,
  item: string,
  file: { name: string; mimeType: string; buffer: Buffer },
): Promise<void> {
  const chooser = person.page.waitForEvent('filechooser')
  await attach(person, item)
  await (await chooser).setFiles(file)
}

/** Chooses something from the menu of a message. */
export async function act({ page }: Person, row: Locator, item: string): Promise<void> {
  await row.locator('[class*=bubble]').first().click({ button: 'right' })
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}
