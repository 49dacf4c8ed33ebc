// The page's own words. What comes out of files is never a key here.

import en from "../texts/en.json";
import zh from "../texts/zh.json";

export type Language = "en" | "zh";
export type Key = keyof typeof en;

const TEXTS: Record<Language, Record<Key, string>> = { en, zh };
let language: Language = "en";

export function setLanguage(chosen: Language): void {
  language = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
}

export function currentLanguage(): Language {
  return language;
}

/** The text of a key, with `{name}` replaced. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return TEXTS[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The text of a key that is put together from data; the data's own word where there is none. */
export function named(group: string, word: string): string {
  const key = `${group}.${word}`;
  return Object.hasOwn(TEXTS[language], key) ? TEXTS[language][key as Key] : word.replaceAll("_", " ");
}
