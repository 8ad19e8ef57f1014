import { Described } from '../../platform/schema/description.js';
import { Text, TextList } from '../../platform/schema/field.js';
import { PASSWORD_MAX } from './identity.dto.js';

const code = {
  description: 'Code of the authenticator app (six digits), or a recovery code.',
  min: 1,
  max: 40,
} as const;

@Described('The password, before a second factor is set up.')
export class SecondFactorStart {
  @Text({ description: 'The password that you have now.', min: 1, max: PASSWORD_MAX, format: 'password' })
  currentPassword: string;
}

@Described('The secret for an authenticator app. It is shown once.')
export class SecondFactorSecret {
  @Text({ description: 'The secret in Base32, to type.', max: 64 })
  secret: string;

  @Text({ description: 'The same as an otpauth:// URI, to show as a QR code.', max: 500 })
  uri: string;
}

@Described('A code that shows the second factor.')
export class SecondFactorCode {
  @Text(code)
  code: string;
}

@Described('Codes that replace the authenticator app, once each. They are shown once.')
export class RecoveryCodes {
  @TextList({ description: 'Ten codes. Earlier ones no longer work.', maxItems: 10, maxLength: 40 })
  recoveryCodes: string[];
}
