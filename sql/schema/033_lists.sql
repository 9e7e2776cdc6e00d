-- Lists of accounts are narrowed by what they are asked for; where few are that, it is known which.
CREATE INDEX account_platform ON account (platform, kind);
CREATE INDEX account_kind ON account (kind);
CREATE INDEX account_status ON account (status);
CREATE INDEX title_status ON title (status);
