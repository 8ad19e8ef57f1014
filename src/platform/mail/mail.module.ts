import { Global, Module } from '@nestjs/common';
import { MailQueue } from './mail-queue.js';
import { Mailer } from './mailer.js';

/** Mail, which every module can send. */
@Global()
@Module({ providers: [Mailer, MailQueue], exports: [MailQueue, Mailer] })
export class MailModule {}
