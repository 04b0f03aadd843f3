using System;
using System.Diagnostics;

namespace Samples.Shared;

/// <summary>Time since the operating system started this process, which the program's own clocks do not see.</summary>
static class ProcessClock
{
    /// <summary>From the process start to a moment.</summary>
    /// <param name="timestamp">From <see cref="Stopwatch.GetTimestamp"/>.</param>
    public static TimeSpan At(long timestamp)
    {
        TimeSpan ago = Stopwatch.GetElapsedTime(timestamp);
        using var process = Process.GetCurrentProcess();
        return DateTime.Now - process.StartTime - ago;
    }
}
