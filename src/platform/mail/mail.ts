import { valuesOf } from '../schema/values.js';

/** The languages of mail. */
export const LANGUAGES = valuesOf({ en: 'English.', fa: 'Persian.' });
export type Language = (typeof LANGUAGES)[number];

/** What a mail says. The layout makes plain text and HTML of it. */
export interface MailText {
  readonly language: Language;
  readonly subject: string;
  readonly heading: string;
  /** Plain text. */
  readonly paragraphs: readonly string[];
  /** The link that the mail is about. */
  readonly action?: { readonly label: string; readonly url: string };
  /** Why the reader gets it, and what to do if it is a mistake. */
  readonly footer: string;
}

/** A mail to one address. */
export interface Mail {
  readonly to: string;
  readonly text: MailText;
}
