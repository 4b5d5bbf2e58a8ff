// a disposable of the project that owns nothing
using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

public static class Capability
{
    public static void Run(string host, CancellationToken token)
    {
        var scope = new Scope();   // here
        scope.Enter();
    }

    private sealed class Scope : IDisposable
    {
        private bool _isOpen;

        public void Enter() => _isOpen = !_isOpen;

        public void Dispose() => _isOpen = false;
    }

    private static void Nothing()
    {
    }
}
