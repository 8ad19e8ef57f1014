import type { Language, MailText } from '../../platform/mail/mail.js';

interface Person {
  readonly name: string;
  readonly language: Language;
}

/** A first mail welcomes; a later one only verifies. */
export function verificationMail({ name, language }: Person, url: string, isFirst: boolean): MailText {
  return language === 'fa'
    ? {
        language,
        subject: isFirst ? 'به TaskMaster خوش آمدید' : 'نشانی ایمیل خود را تأیید کنید',
        heading: isFirst ? `${name}، به TaskMaster خوش آمدید` : 'نشانی ایمیل خود را تأیید کنید',
        paragraphs: ['برای تأیید این نشانی ایمیل روی دکمهٔ زیر بزنید. این پیوند تا سه روز معتبر است.'],
        action: { label: 'تأیید نشانی ایمیل', url },
        footer: 'این نشانی در TaskMaster ثبت شده است. اگر شما این کار را نکرده‌اید، این پیام را نادیده بگیرید.',
      }
    : {
        language,
        subject: isFirst ? 'Welcome to TaskMaster' : 'Verify your e-mail address',
        heading: isFirst ? `Welcome to TaskMaster, ${name}` : 'Verify your e-mail address',
        paragraphs: ['Use the button below to verify this e-mail address. The link is valid for three days.'],
        action: { label: 'Verify e-mail address', url },
        footer: 'This address was given for an account at TaskMaster. If that was not you, ignore this mail.',
      };
}

export function passwordResetMail({ name, language }: Person, url: string): MailText {
  return language === 'fa'
    ? {
        language,
        subject: 'بازنشانی گذرواژهٔ TaskMaster',
        heading: `سلام ${name}`,
        paragraphs: ['برای انتخاب گذرواژهٔ تازه روی دکمهٔ زیر بزنید. این پیوند یک ساعت معتبر است و یک بار کار می‌کند.'],
        action: { label: 'انتخاب گذرواژهٔ تازه', url },
        footer: 'اگر شما این را نخواسته‌اید، این پیام را نادیده بگیرید؛ گذرواژهٔ شما تغییر نمی‌کند.',
      }
    : {
        language,
        subject: 'Reset your TaskMaster password',
        heading: `Hello ${name}`,
        paragraphs: ['Use the button below to choose a new password. The link is valid for one hour and works once.'],
        action: { label: 'Choose a new password', url },
        footer: 'If you did not ask for this, ignore this mail. Your password stays as it is.',
      };
}

/** Tells the owner of an account that their password has been changed, so that a thief cannot do it in silence. */
export function passwordChangedMail({ name, language }: Person, url: string): MailText {
  return language === 'fa'
    ? {
        language,
        subject: 'گذرواژهٔ TaskMaster شما تغییر کرد',
        heading: `سلام ${name}`,
        paragraphs: ['گذرواژهٔ حساب شما همین حالا تغییر کرد و نشست‌های دیگر پایان یافتند.'],
        action: { label: 'این کار من نبود: بازنشانی گذرواژه', url },
        footer: 'اگر شما این کار را کرده‌اید، کاری لازم نیست.',
      }
    : {
        language,
        subject: 'Your TaskMaster password was changed',
        heading: `Hello ${name}`,
        paragraphs: ['The password of your account was changed a moment ago, and your other login sessions ended.'],
        action: { label: 'It was not me: reset the password', url },
        footer: 'If it was you, there is nothing to do.',
      };
}
