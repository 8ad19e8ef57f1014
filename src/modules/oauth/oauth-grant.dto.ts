import { Described } from '../../platform/schema/description.js';
import { Text, TextList, Timestamp, Uuid } from '../../platform/schema/field.js';

@Described('What you have allowed to an OAuth client: one for each time that you agreed.')
export class OauthGrant {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true, filters: ['equal'] })
  id: string;

  @Text({
    description: 'Identifier of the client; an https:// URL is where it describes itself.',
    max: 500,
    readOnly: true,
    filters: ['equal'],
  })
  client: string;

  @Text({ description: 'Name that the client gave itself.', max: 200, readOnly: true, sortable: true })
  clientName: string;

  @TextList({
    description: 'Permissions that the client has, as far as you have them.',
    maxItems: 100,
    maxLength: 100,
    readOnly: true,
  })
  scopes: string[];

  @Text({ description: 'What its tokens are for (RFC 8707).', max: 500, readOnly: true, filters: ['equal'] })
  resource: string;

  @Timestamp({ description: 'When it ends, and the client has to ask again.', readOnly: true, sortable: true })
  expiresAt: string;

  @Timestamp({
    description: 'When the client last got an access token.',
    nullable: true,
    readOnly: true,
    sortable: true,
  })
  lastUsedAt: string | null;

  @Timestamp({ description: 'When you agreed.', readOnly: true, sortable: true })
  createdAt: string;
}
