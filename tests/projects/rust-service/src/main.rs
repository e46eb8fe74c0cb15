mod clock;

fn main() {
    println!("{}", clock::tick());
}
