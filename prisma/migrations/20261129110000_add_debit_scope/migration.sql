alter type api_scope add value 'POCKETS_DEBIT' after 'POCKETS_CHARGE';
