//! How the journeys are walked.

use openpayments_browser_tests::{Browser, Page, Screen};
use openpayments_sandbox::{Approve, Sandbox};

use crate::client::Client;

/// Who takes part: the sandbox, an application, and a person before a screen.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
    pub(crate) page: Page,
}

/// Walks `journey` on each screen, on a sandbox of its own; whatever a page did wrong fails it.
pub(crate) async fn on_each_screen(journey: fn(&mut Scene)) {
    let Some(browser) = Browser::start().unwrap() else {
        return;
    };
    for screen in Screen::ALL {
        let sandbox = Sandbox::builder().approve(Approve::Manual).start().await.unwrap();
        sandbox.register_redirect_uri(&sandbox.auth_url().join("back").unwrap());
        let page = Page::new(&browser, sandbox.auth_url().as_str(), screen).unwrap();
        let client = Client::new(&browser, &sandbox);
        let mut scene = Scene { sandbox, client, page };
        journey(&mut scene);
        assert_eq!(scene.page.problems(), [""; 0], "{screen}");
        scene.sandbox.stop().await;
    }
}
