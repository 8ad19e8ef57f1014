import { Eta } from 'eta';
import type { MailText } from './mail.js';

/** Tables and inline styles, because mail programs ignore style sheets; both directions; nothing is loaded from elsewhere. */
const HTML = `<!doctype html>
<html lang="<%= it.language %>" dir="<%= it.direction %>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title><%= it.subject %></title>
</head>
<body style="margin:0;padding:24px 12px;background:#f4f5f7;color:#1d2330;font-family:Tahoma,'Segoe UI',Helvetica,Arial,sans-serif">
<table role="presentation" align="center" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;margin:0 auto;background:#ffffff;border:1px solid #dfe1e6;border-radius:8px">
<tr><td style="padding:32px;text-align:<%= it.start %>;line-height:1.6;font-size:16px">
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.4"><%= it.heading %></h1>
<% for (const paragraph of it.paragraphs) { %>
<p style="margin:0 0 16px"><%= paragraph %></p>
<% } %>
<% if (it.action) { %>
<p style="margin:24px 0"><a href="<%= it.action.url %>" style="display:inline-block;padding:12px 24px;background:#0b5fff;color:#ffffff;text-decoration:none;border-radius:6px;font-weight:bold"><%= it.action.label %></a></p>
<p style="margin:0 0 16px;font-size:13px;color:#5a6272;text-align:left;direction:ltr;word-break:break-all"><%= it.action.url %></p>
<% } %>
<p style="margin:24px 0 0;padding-top:16px;border-top:1px solid #dfe1e6;font-size:13px;color:#5a6272"><%= it.footer %></p>
</td></tr>
</table>
</body>
</html>
`;

const renderHtml = new Eta({ autoEscape: true, cache: true });

/** The HTML part of a mail. Every value is escaped. */
export function htmlOf(text: MailText): string {
  const isRightToLeft = text.language === 'fa';
  const direction = isRightToLeft ? 'rtl' : 'ltr';
  return renderHtml.renderString(HTML, { ...text, direction, start: isRightToLeft ? 'right' : 'left' });
}

/** The plain text part of a mail. */
export function plainOf({ heading, paragraphs, action, footer }: MailText): string {
  return [heading, ...paragraphs, ...(action ? [`${action.label}:\n${action.url}`] : []), footer].join('\n\n') + '\n';
}
