alter type api_scope add value 'POCKETS_REVERSE' after 'POCKETS_DEBIT';
