//! The operating system's keyring: the Secret Service of a Linux desktop, the macOS Keychain, the Windows Credential Manager.

/// Reads the secret that is kept for this application under a name.
#[cfg(feature = "keyring")]
pub(crate) fn read(name: &str) -> anyhow::Result<String> {
    use crate::exit::Exit;
    use crate::problem::{OrProblem, Problem};

    let name = name.to_owned();
    let silent = || Problem::new(Exit::Identity, "the keyring cannot be asked");
    // On a thread of its own: it waits in a way of its own.
    let asked = std::thread::spawn({
        let name = name.clone();
        move || ask(&name)
    });
    asked.join().map_err(|_| silent())?.or_problem(|| {
        Problem::new(Exit::Identity, format!("the keyring does not give the secret {name}"))
            .next(format!("unlock it, and put the secret there: service openpayments, user name {name}"))
    })
}

#[cfg(feature = "keyring")]
fn ask(name: &str) -> keyring_core::Result<String> {
    #[cfg(target_os = "macos")]
    use apple_native_keyring_store::keychain::Store;
    use keyring_core::api::CredentialStoreApi;
    #[cfg(windows)]
    use windows_native_keyring_store::Store;
    #[cfg(not(any(target_os = "macos", windows)))]
    use zbus_secret_service_keyring_store::Store;

    Store::new()?.build("openpayments", name, None)?.get_password()
}

#[cfg(not(feature = "keyring"))]
pub(crate) fn read(_: &str) -> anyhow::Result<String> {
    use crate::exit::Exit;
    use crate::problem::Problem;

    Err(Problem::new(Exit::Identity, "this command was built without the operating system's keyring")
        .next("build it with --features keyring, or name the keyring's own program as client_secret_command")
        .into())
}
