package io.gramian.spark.storage;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** A real HDFS in this JVM: one name node, one data node. */
public final class TestHdfs implements AutoCloseable {

  private final MiniDFSCluster cluster;

  private TestHdfs(MiniDFSCluster cluster) {
    this.cluster = cluster;
  }

  /** Starts one that keeps its blocks in {@code folder}; takes about three seconds. */
  public static TestHdfs start(Path folder) throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.toString());
    MiniDFSCluster cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    cluster.waitActive();
    return new TestHdfs(cluster);
  }

  /** {@code hdfs://localhost:PORT}. */
  public String address() {
    return cluster.getURI().toString();
  }

  @Override
  public void close() {
    cluster.shutdown();
  }
}
