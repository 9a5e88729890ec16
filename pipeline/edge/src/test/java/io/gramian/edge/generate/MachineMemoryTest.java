package io.gramian.edge.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachineMemoryTest {

  private static final long OTHERWISE = 77;
  private static final String MEMINFO =
      "MemTotal:       16000 kB\nMemFree:          100 kB\nMemAvailable:     2000 kB\nCached: 5 kB\n";

  @TempDir private Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private AvailableMemory memory() {
    return new MachineMemory(root, () -> OTHERWISE);
  }

  @Test
  void readsWhatIsAvailableEachTime() throws IOException {
    write("proc/meminfo", MEMINFO);
    AvailableMemory memory = memory();
    assertThat(memory.bytes()).isEqualTo(2000 * 1024);
    write("proc/meminfo", MEMINFO.replace("2000", "3"));
    assertThat(memory.bytes()).isEqualTo(3 * 1024);
  }

  @Test
  void aContainersLimitCountsWithoutItsCachedFiles() throws IOException {
    write("proc/meminfo", MEMINFO);
    write("sys/fs/cgroup/memory.max", "100000\n");
    write("sys/fs/cgroup/memory.current", "90000\n");
    assertThat(memory().bytes()).isEqualTo(10_000);
    write("sys/fs/cgroup/memory.stat", "anon 9\ninactive_file 500\nactive_file 30\nfile 8\n");
    assertThat(memory().bytes()).isEqualTo(10_530);
    write("sys/fs/cgroup/memory.current", "190000\n");
    assertThat(memory().bytes()).isZero();
    write("sys/fs/cgroup/memory.max", "max\n");
    assertThat(memory().bytes()).isEqualTo(2000 * 1024);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "MemTotal: 5 kB\n",
        "MemAvailable:",
        "MemAvailable: many kB\n",
        "MemAvailable: -5 kB\n",
        "MemAvailable: 99999999999999999999 kB\n",
        " MemAvailable: 5 kB\n",
        "MemAvail"
      })
  void whatIsNoNumberIsLeftOut(String meminfo) throws IOException {
    write("proc/meminfo", meminfo);
    assertThat(memory().bytes()).isEqualTo(OTHERWISE);
  }

  @Test
  void withoutFilesTheOtherIsAsked() {
    assertThat(memory().bytes()).isEqualTo(OTHERWISE);
  }

  @Test
  void aFolderIsNoFile() throws IOException {
    Files.createDirectories(root.resolve("proc/meminfo"));
    assertThat(memory().bytes()).isEqualTo(OTHERWISE);
  }

  @Test
  void thisMachineHasSome() {
    assertThat(AvailableMemory.ofThisMachine().bytes()).isPositive();
    assertThat(AvailableMemory.ofThisJvm().bytes())
        .isPositive()
        .isLessThanOrEqualTo(Runtime.getRuntime().maxMemory());
  }
}
