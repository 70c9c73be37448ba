/// Everything an application includes to run background tasks.
///
/// Example  examples/hello/hello.cpp
#pragma once

#include <stint/configure.hpp>
#include <stint/list.hpp>
#include <stint/submitter.hpp>
