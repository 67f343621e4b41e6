alter type api_scope add value 'WEBHOOKS_WRITE' after 'PROVIDER_SECRETS_READ';
