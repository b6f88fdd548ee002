//! Whose rights the process runs with: names looked up, ids set.

use std::io;

use dx_ops::{Call, Exception, Value};
use dx_sys::identity;

use super::facts::system_error;

/// The number beside a name in a file of `name:password:number:...` lines.
fn look_up(file: &str, name: &str) -> Option<u32> {
    let text = std::fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then(|| fields.nth(1)?.parse().ok())?
    })
}

/// The name beside a number in such a file.
fn look_up_name(file: &str, number: u32) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(number)).then(|| name.to_owned())
    })
}

fn file_of(is_group: bool) -> &'static str {
    if is_group { "/etc/group" } else { "/etc/passwd" }
}

/// `identityNumber(isGroup, name)`: the number, or `undefined` where nobody is called so.
pub(crate) fn number(call: &mut Call<'_>) -> Result<Value, Exception> {
    let name = call.expect_string(1, "The name")?;
    Ok(Value::from(look_up(file_of(call.arguments.boolean(0)), &name)))
}

/// `identityName(isGroup, number)`: the name, or `undefined`.
pub(crate) fn name(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(1) as u32;
    Ok(Value::from(look_up_name(file_of(call.arguments.boolean(0)), number)))
}

/// `setIdentity(which, number)`, `which` named after the call.
pub(crate) fn set(call: &mut Call<'_>) -> Result<Value, Exception> {
    let which = call.expect_string(0, "The call")?;
    let number = call.arguments.number(1) as u32;
    let result = match which.as_str() {
        "setuid" => identity::set_user(number),
        "seteuid" => identity::set_effective_user(number),
        "setgid" => identity::set_group(number),
        _ => identity::set_effective_group(number),
    };
    answer(result, &which)
}

fn answer(result: io::Result<()>, syscall: &str) -> Result<Value, Exception> {
    result.map_err(|error| system_error(&error, syscall, ""))?;
    Ok(Value::Undefined)
}

/// `setGroups(text)`: numbers parted by commas.
pub(crate) fn set_groups(call: &mut Call<'_>) -> Result<Value, Exception> {
    let text = call.expect_string(0, "The groups")?;
    let groups: Vec<u32> = text.split(',').filter_map(|number| number.parse().ok()).collect();
    answer(identity::set_groups(&groups), "setgroups")
}

/// `initGroups(user, group)`: by name and number.
pub(crate) fn init_groups(call: &mut Call<'_>) -> Result<Value, Exception> {
    let user = call.expect_string(0, "The user")?;
    answer(identity::init_groups(&user, call.arguments.number(1) as u32), "initgroups")
}

#[cfg(test)]
mod tests {
    use super::{look_up, look_up_name};

    #[test]
    fn the_first_user_is_root() {
        assert_eq!(look_up("/etc/passwd", "root"), Some(0));
        assert_eq!(look_up("/etc/passwd", "no such user"), None);
        assert_eq!(look_up_name("/etc/group", 0).as_deref(), Some("root"));
    }
}
