// The page's own words, and those that it shares with the viewer. What comes out of records is never a key here.

import en from "../texts/en.json";
import zh from "../texts/zh.json";

export type Language = "en" | "zh";
export type Key = keyof typeof en;

const TEXTS: Record<Language, Record<Key, string>> = { en, zh };
let language: Language = "en";
let shared: Record<Language, Record<string, string>> = { en: {}, zh: {} };

export function setLanguage(chosen: Language): void {
  language = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
}

export function shareWords(words: Record<Language, Record<string, string>>): void {
  shared = words;
}

export function currentLanguage(): Language {
  return language;
}

/** The text of a key, with `{name}` replaced. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return TEXTS[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? number(value) : value;
  });
}

/** The text of a key that is put together from data; the data's own word where there is none. */
export function named(group: string, word: string): string {
  const key = `${group}.${word}`;
  if (Object.hasOwn(TEXTS[language], key)) return TEXTS[language][key as Key];
  return Object.hasOwn(shared[language], key) ? (shared[language][key] as string) : word.replaceAll("_", " ");
}

export function number(value: number, digits = 0): string {
  return value.toLocaleString(language === "zh" ? "zh-CN" : "en", { maximumFractionDigits: digits, minimumFractionDigits: digits });
}
