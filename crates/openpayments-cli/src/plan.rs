//! What is to be called, and as whom: command line, environment, profile and the running local platform, put together. Nothing
//! is sent.

use http::{HeaderName, HeaderValue};
use openpayments::Client;
use openpayments::prelude::{Credentials, Environment, Lang};
use openpayments::transport_reqwest::{ClientIdentity, Trust};
use secrecy::ExposeSecret;
use url::Url;

use crate::arguments::Options;
use crate::exit::Exit;
use crate::local::{self, Running};
use crate::problem::{OrProblem, Problem};
use crate::secret::{self, Source};
use crate::settings::{self, Chosen, Profile, Target};

/// What a local platform on another machine lets its clients in by.
const SANDBOX_ACCESS: HeaderName = HeaderName::from_static("x-sandbox-access");

/// The plan of one run.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) target: Target,
    pub(crate) chosen: Chosen,
    url: Option<Url>,
    client_id: Option<String>,
    secret: Option<Source>,
}

/// Where, and who we are there.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) environment: Environment,
    pub(crate) credentials: Credentials,
    pub(crate) redirect_uri: Option<Url>,
    trust: Option<Trust>,
}

impl Plan {
    pub(crate) fn of(options: &Options) -> anyhow::Result<Self> {
        let chosen = settings::choose(options.config.as_deref(), options.profile.as_deref())?;
        let profile = &chosen.profile;
        let target = match (options.env, profile.environment) {
            (Some(asked), Some(set)) if asked != set => {
                let name = chosen.name.as_deref().unwrap_or_default();
                let what = format!("the profile {name} is for {}, not for {}", set.name(), asked.name());
                return Err(Problem::usage(what).next("name another --profile, or leave --env out").into());
            }
            (asked, set) => asked.or(set).unwrap_or(Target::Local),
        };
        let url = options.url.clone().or_else(|| profile.url.clone());
        if url.is_some() && target != Target::Local {
            return Err(Problem::usage("an address can be given for a local platform only").into());
        }
        let named = options.client_secret_file.clone().map(Source::File);
        let kept = || {
            let file = profile.client_secret_file.clone().map(Source::File);
            file.or_else(|| profile.client_secret_keyring.clone().map(Source::Keyring))
                .or_else(|| profile.client_secret_command.clone().map(Source::Program))
        };
        let secret = named.or_else(|| secret::from_environment("OPENPAYMENTS_CLIENT_SECRET")).or_else(kept);
        let client_id = options.client_id.clone().or_else(|| profile.client_id.clone());
        Ok(Self { target, chosen, url, client_id, secret })
    }

    pub(crate) fn profile(&self) -> &Profile {
        &self.chosen.profile
    }

    /// The language that the profile sets.
    pub(crate) fn lang(&self) -> Option<Lang> {
        self.profile().lang.as_deref().and_then(Lang::of_tag)
    }

    /// Where it goes and who we are there.
    pub(crate) fn way(&self) -> anyhow::Result<Way> {
        match self.target {
            Target::Local => self.local_way(),
            Target::Sandbox => self.way_to(Environment::sandbox()),
            Target::Production => self.way_to(Environment::production()),
        }
    }

    fn way_to(&self, environment: Environment) -> anyhow::Result<Way> {
        let trust = self.profile().ca.as_deref().map(roots).transpose()?;
        let redirect_uri = self.profile().redirect_uri.clone();
        Ok(Way { environment, credentials: self.credentials()?, redirect_uri, trust })
    }

    fn local_way(&self) -> anyhow::Result<Way> {
        if let (Some(url), Some(_), Some(_)) = (&self.url, &self.client_id, &self.secret) {
            let bankid = url.join("bankid")?;
            return self.way_to(Environment::custom(url, url)?.with_bankid(bankid).with_pkce());
        }
        let running: Running = local::find(self.url.as_ref())?;
        let environment = Environment::custom(&running.auth_url, &running.api_url)?;
        Ok(Way {
            environment: environment.with_bankid(running.bankid_url).with_pkce(),
            credentials: Credentials::new(running.client_id, running.client_secret),
            redirect_uri: Some(running.redirect_uri),
            trust: running.ca.as_deref().map(roots).transpose()?,
        })
    }

    /// As whom it goes there, and where the secret is from.
    pub(crate) fn credentials_in_words(&self) -> String {
        match (&self.client_id, &self.secret) {
            (Some(id), Some(source)) => format!("the application {id}, its secret from {source}"),
            _ => "those of the local platform".to_owned(),
        }
    }

    fn credentials(&self) -> anyhow::Result<Credentials> {
        let missing = |what: &str, next: &str| {
            let what = format!("{what} for {} is missing", self.target.name());
            Problem::new(Exit::Identity, what).next(next.to_owned())
        };
        let id = self.client_id.clone().or_problem(|| {
            let next = "give --client-id, set OPENPAYMENTS_CLIENT_ID, or write client_id into a profile";
            missing("the application's id", next)
        })?;
        let secret = self.secret.as_ref().or_problem(|| {
            let next = "give --client-secret-file FILE (`-` for standard input), set \
                        OPENPAYMENTS_CLIENT_SECRET, or write client_secret_file or client_secret_keyring into a profile";
            missing("the application's secret", next)
        })?;
        Ok(Credentials::new(id, secret.read()?))
    }

    /// The client certificate, if the profile has one.
    pub(crate) fn identity(&self) -> anyhow::Result<Option<ClientIdentity>> {
        let profile = self.profile();
        let refused = || {
            Problem::new(Exit::Identity, "the client certificate cannot be used").next(
                "write into the profile, as paths, certificate and certificate_key (PEM) or pfx, of files for you alone",
            )
        };
        match (&profile.certificate, &profile.pfx) {
            (Some(_), Some(_)) => {
                Err(Problem::usage("the profile has both certificate and pfx; one is enough").into())
            }
            (Some(certificate), None) => {
                let key = profile.certificate_key.as_ref().unwrap_or(certificate);
                ClientIdentity::from_pem_files(certificate, key).map(Some).or_problem(refused)
            }
            (None, Some(pfx)) => {
                let file = profile.pfx_password_file.clone().map(Source::File);
                let source = file.or_else(|| secret::from_environment("OPENPAYMENTS_PFX_PASSWORD"));
                let password = source.or_problem(|| {
                    Problem::new(Exit::Identity, "the password of the pfx file is missing")
                        .next("write pfx_password_file into the profile, or set OPENPAYMENTS_PFX_PASSWORD")
                })?;
                ClientIdentity::from_pfx_file(pfx, &password.read()?).map(Some).or_problem(refused)
            }
            (None, None) => Ok(None),
        }
    }

    /// The client, and where browsers come back to.
    pub(crate) fn client(&self) -> anyhow::Result<(Client, Option<Url>)> {
        let identity = self.identity()?;
        if self.target == Target::Production && identity.is_none() {
            return Err(Problem::new(Exit::Identity, "production demands the client certificate")
                .next("write certificate and certificate_key, or pfx, into a profile")
                .into());
        }
        let way = self.way()?;
        let mut builder = Client::builder(way.environment, way.credentials);
        if let Some(trust) = way.trust {
            builder = builder.trust(trust);
        }
        if let Some(identity) = identity {
            builder = builder.identity(identity);
        }
        // Nobody but a local platform is shown its token.
        if self.target == Target::Local
            && let Some(path) = &self.profile().sandbox_access_file
        {
            let access = Source::File(path.clone()).read()?;
            let no_token = || Problem::usage(format!("{} holds no access token", path.display()));
            let access = HeaderValue::from_str(access.expose_secret()).or_problem(no_token)?;
            builder = builder.gateway_header(SANDBOX_ACCESS, access);
        }
        Ok((builder.build()?, way.redirect_uri))
    }
}

fn roots(path: &std::path::Path) -> anyhow::Result<Trust> {
    let pem = std::fs::read(path)
        .or_problem(|| Problem::new(Exit::Identity, format!("{} cannot be read", path.display())))?;
    Ok(Trust::Only(pem))
}
