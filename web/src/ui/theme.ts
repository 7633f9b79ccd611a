export type Theme = 'system' | 'light' | 'dark'

const storageKey = 'dure-theme'

/** Light or dark as the person chose, else as the device has it. */
export function startTheme(): void {
  show(chosenTheme())
}

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(storageKey)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(storageKey, theme)
  show(theme)
}

function show(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}
