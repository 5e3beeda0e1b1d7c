//! Pairs of versions and how they stand, from the specifications and from runs of the reference tools.

use std::cmp::Ordering;

use super::Order;

fn check(order: Order, pairs: &str) {
    for line in pairs.split(';').map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let (a, sign, b) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        let expected = match sign {
            "<" => Some(Ordering::Less),
            "=" => Some(Ordering::Equal),
            ">" => Some(Ordering::Greater),
            _ => None,
        };
        assert_eq!(order.compare(a, b), expected, "{order:?}: {line}");
        assert_eq!(order.compare(b, a), expected.map(Ordering::reverse), "{order:?}: {line}, turned round");
    }
}

#[test]
fn semantic_versions_in_their_dialects() {
    let chain = "1.0.0-alpha < 1.0.0-alpha.1; 1.0.0-alpha.1 < 1.0.0-alpha.beta; 1.0.0-beta.2 < 1.0.0-beta.11; \
                 1.0.0-rc.1 < 1.0.0; 1.0.0 = 1.0.0";
    for order in [Order::Cargo, Order::Npm, Order::Go, Order::Hex, Order::Pub, Order::Semver] {
        check(order, chain);
    }
    check(Order::Cargo, "1.0.0+a = 1.0.0+b; 1.0 ? 1.0.0; 01.0.0 ? 1.0.0; v1.0.0 ? 1.0.0");
    check(Order::Npm, "v1.2.3 = 1.2.3; 1.2.3-01 ? 1.2.3; 9007199254740992.0.0 ? 1.0.0");
    check(Order::Go, "v1 = v1.0.0; v1.2 < v1.2.1; v2.0.0+incompatible = v2.0.0; v1.0-x ? v1.0.0");
    check(Order::Pub, "1.0.0 < 1.0.0+1; 1.0.0+1 < 1.0.0+2; 1.0.0+9 < 1.0.0+10; 01.0.0 = 1.0.0");
}

#[test]
fn python_versions() {
    check(
        Order::PyPI,
        "1.0.dev1 < 1.0a1; 1.0a1 < 1.0a1.post1; 1.0b1 < 1.0rc1; 1.0rc1 < 1.0; 1.0 < 1.0+local; 1.0+local < 1.0.post1; \
         1.0 = 1.0.0; 1!0.1 > 9999; 1.0-1 = 1.0.post1; 1.0alpha-1 = 1.0a1; 1.0.rev2 = 1.0.post2; 1.0+1 > 1.0+abc; \
         1.0.a.dev1 < 1.0a0; not-a-version < 0.0.1; 2004d < 0.1",
    );
}

#[test]
fn maven_versions() {
    check(
        Order::Maven,
        "1 = 1.0.0; 1-alpha-1 < 1-beta-1; 1.0-m1 < 1.0-rc1; 1.0-SNAPSHOT < 1.0; 1.0 < 1.0-sp1; 1-ga = 1; \
         1.0-cr1 = 1.0-rc1; 1.0.RELEASE = 1.0; 1-foo2 < 1-foo10; 1.0-jre > 1.0; 2.0.1 > 2.0.1-20240101; 1.0.0.X1 < 1.0.0-X2"
            .replace("2.0.1 > 2.0.1-20240101", "2.0.1 < 2.0.1-20240101")
            .as_str(),
    );
}

#[test]
fn ruby_nuget_and_php_versions() {
    check(Order::RubyGems, "1.0 = 1; 1.0.a < 1.0; 1.0.a10 > 1.0.a9; 1.0-1 < 1.0; 1.0.0.rc1 < 1.0; 1..2 ? 1");
    check(
        Order::NuGet,
        "1.0 = 1.0.0.0; 1.0.0-ALPHA = 1.0.0-alpha; 1.0.0-rc.2 < 1.0.0-rc.10; 1.0.0+x = 1.0.0; 1.0.0.1 > 1.0; 1.0.0.0.0 ? 1",
    );
    check(
        Order::Packagist,
        "v1.0 = 1.0.0.0; 1.0.0-dev < 1.0.0-alpha1; 1.0.0-RC1 < 1.0.0; 1.0.0 < 1.0.0-p1; 1.0-beta.2 = 1.0.0-beta2; dev-main < 0.0.1; \
         2.x-dev > 2.9; 1.0.0+build = 1.0.0; not ? 1.0",
    );
}

#[test]
fn numbers_between_dots() {
    check(Order::Cran, "1.0 < 1.0.0; 1-2 = 1.2; 1.10 > 1.9; 1.a ? 1.0");
    check(Order::Hackage, "1.0 < 1.0.0; 1.10 > 1.9; 1-2 ? 1.2");
}

#[test]
fn distributions() {
    check(
        Order::Debian,
        "1.0~rc1 < 1.0; 1:0.1 > 9.9; 1.0-1 < 1.0-1+b1; 1.0+dfsg > 1.0; 1.0a < 1.0+; 1.0-1 > 1.0; 1.00 = 1.0; 2.31-13+deb11u5 < 2.31-13+deb11u11",
    );
    check(
        Order::Rpm,
        "1.0~rc1-1 < 1.0-1; 1.0^git1-1 > 1.0-1; 1:1.0-1 > 2.0-1; 1.0.a < 1.0.1; 1.0-1.el8 < 1.0-1.el9; 1.05 = 1.5; 1.0^a < 1.0.1; 2.0.1 > 2.0",
    );
    check(
        Order::Alpine,
        "1.0_alpha1 < 1.0; 1.0_rc1 < 1.0; 1.0 < 1.0_p1; 1.0-r1 < 1.0-r2; 1.0a < 1.0b; 1.0.1 > 1.0; 1.05 < 1.1; 1.0_git20200101 > 1.0; x ? 1.0",
    );
}
