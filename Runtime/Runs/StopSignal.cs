using System;
using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Runs;

/// <summary>
/// Turns Ctrl-C and SIGTERM into a question that the training loop asks between steps. A second signal ends the process
/// at once.
/// </summary>
sealed class StopSignal : IDisposable
{
    readonly PosixSignalRegistration interrupt, terminate;
    volatile bool requested;

    /// <summary>Starts listening.</summary>
    public StopSignal()
    {
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
    }

    /// <summary>Whether someone asked to stop.</summary>
    public bool Requested => requested;

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        interrupt.Dispose();
        terminate.Dispose();
    }

    void Ask(PosixSignalContext context)
    {
        context.Cancel = !requested;
        requested = true;
    }
}
