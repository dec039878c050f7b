"""The portal: the partner's face. Every read goes through `scope`, which knows nothing but this partner's rows."""
