using System;
using System.Threading;

namespace ModelCompiler.Infrastructure;

/// <summary>
/// Computed when first asked for and then kept. If that first request is given up, the next one computes it: a Lazy
/// would keep the exception, and each request has a cancellation of its own.
/// </summary>
sealed class OnceUnlessCancelled<T>(Func<CancellationToken, T> make) where T : class
{
    readonly object gate = new();
    T? made;

    public T Get(CancellationToken cancellation)
    {
        lock (gate) return made ??= make(cancellation);
    }
}
