import type { Language, MailText } from '../../platform/mail/mail.js';

/** The mail that invites to a team, or, without one, to the service. */
export function inviteMail(language: Language, inviter: string, team: string | null, url: string): MailText {
  return language === 'fa' ? inPersian(inviter, team, url) : inEnglish(inviter, team, url);
}

function inEnglish(inviter: string, team: string | null, url: string): MailText {
  return {
    language: 'en',
    subject: team === null ? 'You are invited to TaskMaster' : `You are invited to the team ${team}`,
    heading: team === null ? 'You are invited to TaskMaster' : `You are invited to the team ${team}`,
    paragraphs: [
      team === null
        ? `${inviter} invites you to work with them in TaskMaster.`
        : `${inviter} invites you to join the team ${team} in TaskMaster.`,
      'The link is valid for seven days and works once.',
    ],
    action: { label: 'Accept the invitation', url },
    footer: 'If you do not know the sender, ignore this mail. Nothing happens unless you accept.',
  };
}

function inPersian(inviter: string, team: string | null, url: string): MailText {
  const heading = team === null ? 'به TaskMaster دعوت شدید' : `به تیم ${team} دعوت شدید`;
  return {
    language: 'fa',
    subject: heading,
    heading,
    paragraphs: [
      team === null
        ? `${inviter} شما را به همکاری در TaskMaster دعوت کرده است.`
        : `${inviter} شما را به عضویت در تیم ${team} در TaskMaster دعوت کرده است.`,
      'این پیوند تا هفت روز معتبر است و یک بار کار می‌کند.',
    ],
    action: { label: 'پذیرفتن دعوت', url },
    footer: 'اگر فرستنده را نمی‌شناسید، این پیام را نادیده بگیرید. تا نپذیرید هیچ اتفاقی نمی‌افتد.',
  };
}
