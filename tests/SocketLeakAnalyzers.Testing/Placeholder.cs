namespace SocketLeakAnalyzers.Testing { }
