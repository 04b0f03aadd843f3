using System;
using ModelCompiler.Runtime.Diagnostics;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <content>Passes that somebody looks at: they are launched one by one instead of as a graph.</content>
public abstract unsafe partial class CudaProgram
{
    /// <summary>Of hold_back for each mark: a round is a multiplication and an addition that wait for those before,
    /// 4 cycles, so these are some 8 µs; the host needs less for a launch and an event.</summary>
    const int RoundsOfMark = 4096;

    /// <summary>What a call of a session is named in a profile.</summary>
    const string WholeCall = "calls of sessions";

    LaunchClock? clock;
    KernelProfile? profile;     // that measures the launches made now

    /// <summary>Whether this pass is launched one by one, because a profile measures it or its numbers are checked.
    /// </summary>
    protected bool IsWatched { get; private set; }

    /// <summary>For a profile: what is launched next.</summary>
    /// <param name="launch">As <c>ModelPlan.Launches</c> has it; of a copy "copy of" and that.</param>
    protected void Next(string launch)
    {
        if (profile is not null) clock!.Mark(launch, isCall: true, stream);
    }

    /// <summary>The same for a part of something that is counted elsewhere.</summary>
    private protected void GoOn(string launch)
    {
        if (profile is not null) clock!.Mark(launch, isCall: false, stream);
    }

    /// <summary>
    /// Launches a pass one by one. It is recorded before if it has not been, so that its kernels are loaded and its
    /// products have chosen their algorithms.
    /// </summary>
    private protected void RunWatched(int pass, ReadOnlySpan<long> lengths)
    {
        if (!CudaDebug.SynchronizesLaunches) Recorded(pass, lengths);
        BeginMeasuring();
        IsWatched = true;
        try
        {
            GoThrough(pass, lengths);
        }
        catch
        {
            profile = null;
            throw;
        }
        finally
        {
            IsWatched = false;
        }
        EndMeasuring();
    }

    /// <summary>Where a profile measures this step, it learns from here on what each launch takes.</summary>
    private protected void BeginMeasuring()
    {
        profile = KernelProfile.OfThisStep;
        if (profile is null) return;
        clock ??= new LaunchClock(machine.Context);
        // Kernels may be shorter than their launches: the device must find the next one when it is done with one.
        if (clock.Count > 0)
            Launch(Own("hold_back"), CudaLaunchShape.Of(1, 1), (void*)Workspace, clock.Count * RoundsOfMark);
        clock.Begin();
    }

    /// <summary>Waits, and tells the profile.</summary>
    private protected void EndMeasuring()
    {
        if (profile is not { } measured) return;
        profile = null;
        clock!.End(stream, measured);
    }
}
