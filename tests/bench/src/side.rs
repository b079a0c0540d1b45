//! A server with its own data, and what was loaded into it.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use tempfile::TempDir;
use tests::names::unique;

use crate::load::direct::{Loaded, Plan, load};
use crate::measure::{Figures, measure};
use crate::operations::Operation;
use crate::process;
use crate::server::Server;
use crate::world::World;

/// A data directory that is filled step by step, and a server on it.
pub(crate) struct Side {
    data: TempDir,
    run: String,
    loaded: Loaded,
    sizes: Vec<usize>,
}

impl Side {
    /// An empty one.
    pub(crate) fn empty() -> Self {
        let data = tempfile::Builder::new().prefix("rollcall-bench-").tempdir().expect("a directory");
        Self { data, run: unique(), loaded: Loaded::default(), sizes: Vec::new() }
    }

    /// The path of its data.
    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }

    /// Loads users up to this number, and adds groups of these sizes.
    pub(crate) async fn grow(&mut self, dynamodb_url: Option<&str>, users: usize, groups: &[usize]) {
        let users = self.loaded.users.len()..users.max(self.loaded.users.len());
        let plan = Plan { run: self.run.clone(), users, groups: groups.to_vec() };
        let more = load(self.data(), dynamodb_url, plan).await;
        self.loaded.users.extend(more.users);
        self.loaded.groups.extend(more.groups);
        self.sizes.extend(groups);
    }

    /// The resources that operations choose from: the first loaded group is the small one, the
    /// last one the large one.
    /// the large one.
    pub(crate) fn world(&self) -> World {
        let (small, large) = (self.loaded.groups.first(), self.loaded.groups.last());
        let mut world = World::new(self.run.clone(), self.loaded.users.clone());
        world.small = small.cloned().unwrap_or_default();
        world.large = large.cloned().unwrap_or_default();
        world.members = self.sizes.last().copied().unwrap_or_default();
        world
    }

    /// The groups that were loaded, in order.
    pub(crate) fn groups(&self) -> &[String] {
        &self.loaded.groups
    }

    /// Starts a server on it, and waits until the work that the load caused is done.
    pub(crate) async fn serve(&self, dynamodb_url: Option<&str>, flags: &[&str]) -> Server {
        let server = Server::start(Some(self.data()), dynamodb_url, flags).await;
        process::quiet(server.pid(), 900).await;
        self.read_once();
        server
    }

    /// Reads its files into the page cache. Data loaded some minutes ago may be only on the
    /// disk, and the speed of a disk is not what is measured.
    fn read_once(&self) {
        for file in fs::read_dir(self.data()).into_iter().flatten().flatten() {
            let read = File::open(file.path()).and_then(|mut file| io::copy(&mut file, &mut io::sink()));
            read.unwrap_or_else(|error| panic!("{}: {error}", file.path().display()));
        }
    }
}

/// Measures operations against several servers in turns, so that disturbances of the machine affect
/// all of them; each server for `lasting` in total. Returns the figures of each server.
pub(crate) async fn in_turns(
    sides: &[(&Server, Rc<World>)],
    operations: &[&'static Operation],
    connections: usize,
    lasting: Duration,
) -> Vec<Vec<Figures>> {
    let slice = Duration::from_millis(250);
    let none = || operations.iter().map(|operation| Figures::new(operation.name)).collect();
    let mut figures: Vec<Vec<_>> = sides.iter().map(|_| none()).collect();
    for _ in 0..lasting.as_millis().div_ceil(slice.as_millis()) {
        for ((server, world), figures) in sides.iter().zip(&mut figures) {
            let some = measure(&server.target, world, operations, connections, slice).await;
            for (figures, some) in figures.iter_mut().zip(&some) {
                figures.add(some);
                figures.took(slice);
            }
        }
    }
    figures
}
