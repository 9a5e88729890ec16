package io.gramian.edge.generate;

import java.nio.file.Path;

/** Memory as Linux tells it; what it does not tell, or not in numbers, is left out. */
final class MachineMemory implements AvailableMemory {

  private static final long KIBI = 1024;

  private final NumbersFile machine;
  private final NumbersFile limit;
  private final NumbersFile used;
  private final NumbersFile statistics;
  private final AvailableMemory otherwise;

  /**
   * Below a root folder.
   *
   * @param otherwise asked where the system says nothing
   */
  MachineMemory(Path root, AvailableMemory otherwise) {
    Path group = root.resolve("sys/fs/cgroup");
    this.machine = NumbersFile.open(root.resolve("proc/meminfo"));
    this.limit = NumbersFile.open(group.resolve("memory.max"));
    this.used = NumbersFile.open(group.resolve("memory.current"));
    this.statistics = NumbersFile.open(group.resolve("memory.stat"));
    this.otherwise = otherwise;
  }

  @Override
  public long bytes() {
    machine.refresh();
    long kibibytes = machine.behind("MemAvailable:");
    long ofMachine = kibibytes == NumbersFile.ABSENT ? Long.MAX_VALUE : KIBI * kibibytes;
    long least = Math.min(ofMachine, ofGroup());
    return least == Long.MAX_VALUE ? otherwise.bytes() : least;
  }

  /** Cached files, such as mapped weights, count as used but are given up for the asking. */
  private long ofGroup() {
    limit.refresh();
    long most = limit.behind("");
    if (most == NumbersFile.ABSENT) {
      return Long.MAX_VALUE;
    }
    used.refresh();
    statistics.refresh();
    long cached = number("inactive_file ") + number("active_file ");
    return Math.max(0, most - Math.max(0, used.behind("")) + cached);
  }

  private long number(String key) {
    return Math.max(0, statistics.behind(key));
  }
}
