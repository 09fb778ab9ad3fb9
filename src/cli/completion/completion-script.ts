import {readFile} from 'node:fs/promises'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** What switches completion on, for good. */
export const SET_UP: Record<Shell, string> = {
  bash: `echo 'eval "$(behalf autocomplete bash)"' >> ~/.bashrc`,
  zsh: `echo 'eval "$(behalf autocomplete zsh)"' >> ~/.zshrc`,
  fish: 'behalf autocomplete fish > ~/.config/fish/completions/behalf.fish',
}

const FILES: Record<Shell, URL> = {
  bash: new URL('./behalf.bash', import.meta.url),
  zsh: new URL('./behalf.zsh', import.meta.url),
  fish: new URL('./behalf.fish', import.meta.url),
}

/** The shell's own code, which asks `behalf complete` at every press of the tab key. */
export const readCompletionScript = (shell: Shell): Promise<string> => readFile(FILES[shell], 'utf8')
