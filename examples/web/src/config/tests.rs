use super::*;

fn at(url: &str) -> Result<Config, BoxError> {
    Config::new(url.parse()?)
}

#[test]
fn other_machines_are_served_under_https_only() {
    assert!(at("http://localhost:3000").is_ok_and(|config| !config.is_secure()));
    assert!(at("http://[::1]:3000").is_ok());
    assert!(at("https://shop.example").is_ok_and(|config| config.is_secure()));
    for url in ["http://shop.example", "http://192.0.2.1", "http://localhost.shop.example"] {
        assert!(at(url).is_err(), "{url}");
    }
    let open = Config { listen: ([0, 0, 0, 0], 3000).into(), ..at("http://localhost").unwrap() };
    assert!(open.checked().is_err());
}

fn with(variables: &[(&str, &str)]) -> Result<Config, String> {
    let find = |name: &str| variables.iter().find(|(other, _)| *other == name);
    let config = Config::from_variables(|name| find(name).map(|(_, value)| (*value).to_owned()));
    config.map_err(|error| error.to_string())
}

const SHOP: (&str, &str) = ("WEB_PUBLIC_URL", "https://shop.example");

#[test]
fn under_https_somebody_has_to_say_where_the_proxy_is() {
    assert!(with(&[SHOP]).is_err_and(|error| error.starts_with("WEB_PROXY is not set")));
    assert_eq!(with(&[SHOP, ("WEB_PROXY", "none")]).unwrap().proxy, None);
    let proxy = with(&[SHOP, ("WEB_PROXY", "192.0.2.1")]).unwrap().proxy;
    assert_eq!(proxy, Some([192, 0, 2, 1].into()));
    assert!(with(&[]).is_ok_and(|config| config.proxy.is_none()));
}

#[test]
fn what_is_wrong_names_its_variable_and_value() {
    for (name, value) in [
        ("WEB_LISTEN", "3000"),
        ("WEB_PUBLIC_URL", "localhost"),
        ("WEB_PUBLIC_URL", "http://shop.example"),
        ("WEB_PROXY", "proxy.example"),
        ("TWILIO_VERIFY_ENROLL_SERVICE_SID", "AC123"),
    ] {
        let error = with(&[(name, value)]).unwrap_err();
        assert!(error.starts_with(&format!("{name}={value}")), "{error}");
    }
    assert!(with(&[("WEB_LISTEN", " "), ("WEB_PROXY", "")]).is_ok());
}

#[test]
fn the_sandbox_is_for_this_machine_unless_somebody_asks_for_more() {
    let proxy = ("WEB_PROXY", "192.0.2.1");
    assert!(with(&[]).unwrap().check_sandbox().is_ok());
    assert!(with(&[SHOP, proxy]).unwrap().check_sandbox().is_err());
    let asked = ("WEB_SANDBOX", "public");
    assert!(with(&[SHOP, proxy, asked]).unwrap().check_sandbox().is_ok());
}
